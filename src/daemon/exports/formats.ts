/** A finished or unfinished study in, text out. Pure. */
import type {Study} from '../studies/study.ts'
import {csvOf} from './csv.ts'
import {markdownOf} from './markdown.ts'
import {studyJson, trialJson} from './study-json.ts'

export const exportFormats = ['csv', 'json', 'md'] as const
export type ExportFormat = (typeof exportFormats)[number]

export type ExportedFile = {
  readonly fileName: string
  readonly contentType: string
  readonly text: string
}

/** `machine` is the model that it ran on: exports of several machines are compared. */
export const exportStudy = (study: Study, format: ExportFormat, machine?: string): ExportedFile => {
  switch (format) {
    case 'csv':
      return {
        fileName: `${study.id}.csv`,
        contentType: 'text/csv; charset=utf-8',
        text: csvOf(study),
      }
    case 'json':
      return {
        fileName: `${study.id}.json`,
        contentType: 'application/json; charset=utf-8',
        text: `${JSON.stringify(withTrials(study, machine), null, 2)}\n`,
      }
    case 'md':
      return {
        fileName: `${study.id}.md`,
        contentType: 'text/markdown; charset=utf-8',
        text: markdownOf(study),
      }
  }
}

const withTrials = (study: Study, machine: string | undefined) => ({
  ...studyJson(study),
  ...(machine === undefined ? {} : {machine}),
  trials: study.trials.map((trial) => trialJson(trial, study.settings.objectives)),
})
