/** Lines of CSV as RFC 4180 wants them. Pure. */

export type Cell = string | number | boolean | null | undefined

export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`

/** Quoted where needed. A leading `=`, `+`, `-` or `@` of a text is defused, for spreadsheets run such cells. */
const cellOf = (cell: Cell): string => {
  if (cell === undefined || cell === null) return ''
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
