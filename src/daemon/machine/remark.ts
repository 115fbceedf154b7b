/** A sentence about the box that a person should know, and what to do about it. */
export type Remark = {
  readonly about: 'processor' | 'supply' | 'memory' | 'last stop'
  readonly isGood: boolean
  readonly text: string
  readonly fix?: string
}
