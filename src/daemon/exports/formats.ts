export const exportFormats = ['csv', 'json', 'md'] as const
export type ExportFormat = (typeof exportFormats)[number]
