/** Which build of TensorFlow suits which machine. */
import {ok, type Result, refuse} from '../base/result.ts'

export type Machine = {
  readonly platform: string
  readonly arch: string
  /** Of NVIDIA's system for Jetsons: 32 is JetPack 4. Absent elsewhere. */
  readonly l4tMajor?: number
}

/** A wheel, and what of it is needed. */
export type Library = {
  readonly version: string
  readonly wheel: IndexWheel | UrlWheel
  /** Paths in the wheel; the first exports TensorFlow's C interface and needs the second. */
  readonly main: string
  readonly framework: string
  /** Whether the main library refers to Python's symbols, which a stand-in must then define. */
  readonly needsPythonSymbols: boolean
  /** Free space that downloading and unpacking take, in bytes. */
  readonly diskBytes: number
}

/** From the Python package index, or whatever index pip is set to. */
export type IndexWheel = {
  readonly kind: 'index'
  readonly requirement: string
  readonly platformTag: string
  readonly sha256: string
}

export type UrlWheel = {readonly kind: 'url'; readonly url: string; readonly sha256?: string}

/** The Python that the wheels of the index are made for; the libraries in them don't mind which one there is. */
export const pythonVersion = '3.11'

const gigabyte = 1e9

const linux = {
  main: 'tensorflow/libtensorflow_cc.so.2',
  framework: 'tensorflow/libtensorflow_framework.so.2',
  needsPythonSymbols: false,
}

const mac = {
  main: 'tensorflow/libtensorflow_cc.2.dylib',
  framework: 'tensorflow/libtensorflow_framework.2.dylib',
  needsPythonSymbols: false,
}

const fromIndex = (requirement: string, platformTag: string, sha256: string): IndexWheel => ({
  kind: 'index',
  requirement,
  platformTag,
  sha256,
})

const libraries: Readonly<Record<string, Library>> = {
  'linux x64': {
    ...linux,
    version: '2.18.1',
    wheel: fromIndex(
      'tensorflow-cpu==2.18.1',
      'manylinux_2_17_x86_64',
      '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
    ),
    diskBytes: 1.1 * gigabyte,
  },
  'linux arm64': {
    ...linux,
    version: '2.18.1',
    wheel: fromIndex(
      'tensorflow==2.18.1',
      'manylinux_2_17_aarch64',
      '8a6485edd2148f70d011dbd1d8dc2c775e91774a5a159466e83d0d1f21580944',
    ),
    diskBytes: 1.1 * gigabyte,
  },
  'darwin arm64': {
    ...mac,
    version: '2.18.1',
    wheel: fromIndex(
      'tensorflow==2.18.1',
      'macosx_12_0_arm64',
      '661029cd769b311db910b79a3a6ef50a5a61ecc947172228c777a49989722508',
    ),
    diskBytes: 1.2 * gigabyte,
  },
  'darwin x64': {
    ...mac,
    version: '2.16.2',
    wheel: fromIndex(
      'tensorflow==2.16.2',
      'macosx_10_15_x86_64',
      'ec06570d57bfa0e2be804405e3cdc2960e94887e7619ffb6bc053e9775b695aa',
    ),
    diskBytes: 1.2 * gigabyte,
  },
}

/** NVIDIA's own build for JetPack 4.6, with its GPU. */
const jetpack4: Library = {
  version: '2.7.0+nv22.1',
  wheel: {
    kind: 'url',
    url: 'https://developer.download.nvidia.com/compute/redist/jp/v461/tensorflow/tensorflow-2.7.0+nv22.1-cp36-cp36m-linux_aarch64.whl',
  },
  main: 'tensorflow/python/_pywrap_tensorflow_internal.so',
  framework: 'tensorflow/libtensorflow_framework.so.2',
  needsPythonSymbols: true,
  diskBytes: 1.5 * gigabyte,
}

export const libraryFor = ({platform, arch, l4tMajor}: Machine): Result<Library> => {
  if (l4tMajor === 32 && arch === 'arm64') return ok(jetpack4)
  const found = libraries[`${platform} ${arch}`]
  return found
    ? ok(found)
    : refuse(
        `Expected ${Object.keys(libraries).join(', ')}, found ${platform} ${arch}. There is no TensorFlow for it; training goes on in WebAssembly.`,
      )
}
