/** Writes messages in the wire format of Protocol Buffers: https://protobuf.dev/programming-guides/encoding. */

/** A field's number and its value. Bytes are a message within the message, or just bytes. */
export type Field = readonly [number: number, value: FieldValue]
/** A number is a varint; a float says so. */
type FieldValue = number | boolean | string | Uint8Array | {readonly float: number}

/** Fields one after another; those without a value are left out. */
export const message = (...fields: readonly (Field | undefined)[]): Uint8Array =>
  Buffer.concat(fields.flatMap((field) => (field ? encoded(field) : [])))

/** A map's entries, in the message that has it as field `number`. */
export const mapFields = (
  number: number,
  entries: Readonly<Record<string, Uint8Array>>,
): readonly Field[] =>
  Object.entries(entries).map(([key, value]) => [number, message([1, key], [2, value])])

// How a value is written, in the last three bits of its tag.
const asVarint = 0
const asBytes = 2
const asFloat = 5

const encoded = ([number, value]: Field): readonly Uint8Array[] => {
  const tag = (type: number) => varint(8 * number + type)
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return [tag(asVarint), varint(Number(value))]
    case 'string':
      return encoded([number, Buffer.from(value)])
    default:
      if (value instanceof Uint8Array) return [tag(asBytes), varint(value.length), value]
      return [tag(asFloat), new Uint8Array(Float32Array.of(value.float).buffer)]
  }
}

/** Seven bits a byte, the lowest first; a negative number as the 64-bit one that it is modulo 2⁶⁴. */
const varint = (value: number): Uint8Array => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
