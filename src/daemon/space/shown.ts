/** A value as a problem quotes it: short, whatever it is. */
export const shown = (value: unknown): string => {
  if (!Array.isArray(value)) return shownShallowly(value)
  const items = value.slice(0, 6).map(shownShallowly)
  return `[${items.join(', ')}${value.length > items.length ? ', …' : ''}]`
}

const shownShallowly = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60))
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
