/** Red, green and blue, 0–1. */
export type Color = readonly [red: number, green: number, blue: number]

/** Whether a point lies inside. A sign fills about −1 to 1 both ways; y points down. */
export type Shape = (x: number, y: number) => boolean

/** A shape in one color; in a list of layers the last one that covers a point is seen. */
export type Layer = {readonly shape: Shape; readonly color: Color}

export const disc =
  (centerX: number, centerY: number, radius: number): Shape =>
  (x, y) =>
    (x - centerX) * (x - centerX) + (y - centerY) * (y - centerY) <= radius * radius

export const box =
  (left: number, top: number, right: number, bottom: number): Shape =>
  (x, y) =>
    x >= left && x <= right && y >= top && y <= bottom

/** A straight bar between two points. */
export const bar = (
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  thickness: number,
): Shape => {
  const alongX = toX - fromX
  const alongY = toY - fromY
  const squared = alongX * alongX + alongY * alongY
  return (x, y) => {
    const share = ((x - fromX) * alongX + (y - fromY) * alongY) / squared
    if (share < 0 || share > 1) return false
    const offX = x - fromX - share * alongX
    const offY = y - fromY - share * alongY
    return 4 * (offX * offX + offY * offY) <= thickness * thickness
  }
}

/** A triangle that points up, its base as wide as it is high. */
export const triangle =
  (centerY: number, size: number): Shape =>
  (x, y) => {
    const down = (y - centerY + size) / (2 * size)
    return down >= 0 && down <= 1 && (x < 0 ? -x : x) <= down * size
  }
