/** What the person reading the journal should know: one line a happening, on stderr. */
export interface Log {
  readonly info: (message: string) => void
  readonly warn: (message: string) => void
  readonly error: (message: string, cause?: unknown) => void
}

/**
 * Writes plain lines to stderr. Under systemd each line starts with its syslog priority (`<6>`), so the journal knows
 * warnings from news; in a terminal it starts with nothing.
 */
export const stderrLog = (
  write: (line: string) => void = (line) => process.stderr.write(line),
  underSystemd: boolean = process.env.JOURNAL_STREAM !== undefined,
): Log => {
  const line = (priority: number, message: string) =>
    write(`${underSystemd ? `<${priority}>` : ''}${message.replaceAll('\n', ' ')}\n`)
  return {
    info: (message) => line(6, message),
    warn: (message) => line(4, `warning: ${message}`),
    error: (message, cause) => line(3, `error: ${message}${cause ? `: ${reasonOf(cause)}` : ''}`),
  }
}

export const silentLog: Log = {info: () => {}, warn: () => {}, error: () => {}}

/** The sentence inside whatever was thrown. */
export const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause)
