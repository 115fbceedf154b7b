/** What a browser is called until a person names it. Pure. */

/** The first that fits: most browsers also carry the names of those that they come from. */
const browsers: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b((Headless)?Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
]

const devices: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'Chromebook'],
  [/\bWindows\b/, 'Windows'],
  [/\b(Macintosh|Mac OS X)\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
]

/** `Safari on iPhone`, from the User-Agent header; `Browser` where nothing is known. */
export const browserName = (userAgent = ''): string => {
  const browser = browsers.find(([sign]) => sign.test(userAgent))?.[1] ?? 'Browser'
  const device = devices.find(([sign]) => sign.test(userAgent))?.[1]
  return device ? `${browser} on ${device}` : browser
}
