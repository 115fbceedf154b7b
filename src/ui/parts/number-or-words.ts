/** A number if it is one, else the words: `abc` is refused by the daemon, in its own words. */
export const numberOrWords = (words: string): number | string => {
  const value = Number(words)
  return words.trim() === '' || Number.isNaN(value) ? words : value
}
