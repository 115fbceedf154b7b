/** HTTPS with the certificate of the person with the box. */
import {createPrivateKey, X509Certificate} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {ok, type Result, refuse} from '../daemon/base/result.ts'

export type TlsFiles = {readonly certFile: string; readonly keyFile: string}

export type Tls = {
  /** The certificate, and those between it and an authority, if any; PEM. */
  readonly cert: string
  readonly key: string
  readonly validTo: Date
  /** The names that it is for and that can be typed: without wildcards. */
  readonly names: readonly string[]
  readonly isFor: (name: string) => boolean
}

/** Reads certificate and key; refuses in one sentence what cannot be used, also where the two do not belong together. */
export const readTls = ({certFile, keyFile}: TlsFiles): Result<Tls> => {
  const cert = readPem('SIMMER_TLS_CERT', certFile)
  if (!cert.ok) return cert
  const key = readPem('SIMMER_TLS_KEY', keyFile)
  if (!key.ok) return key
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(cert.value)
  } catch {
    return refuse(
      `SIMMER_TLS_CERT: expected a certificate in PEM form, got something else in ${certFile}.`,
    )
  }
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(key.value))) {
      return refuse(
        `SIMMER_TLS_KEY: expected the key that belongs to the certificate in ${certFile}, got another one in ${keyFile}.`,
      )
    }
  } catch {
    return refuse(
      `SIMMER_TLS_KEY: expected a private key in PEM form without a passphrase, got something else in ${keyFile}.`,
    )
  }
  return ok({
    cert: cert.value,
    key: key.value,
    validTo: new Date(certificate.validTo),
    names: namesOf(certificate),
    isFor: (name) => certificate.checkHost(name) !== undefined,
  })
}

const readPem = (setting: string, file: string): Result<string> => {
  try {
    return ok(readFileSync(file, 'utf8'))
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException // node's own file errors carry a code
    return refuse(
      code === 'EACCES'
        ? `${setting}: expected a file that the user of the service may read, got ${file}. Change its owner or its mode.`
        : `${setting}: expected a file, found none that can be read at ${file} (${code}).`,
    )
  }
}

const namesOf = ({subjectAltName = ''}: X509Certificate): readonly string[] =>
  [...subjectAltName.matchAll(/DNS:([\w.-]+)(?=,|$)/g)].map(([, name = '']) => name)
