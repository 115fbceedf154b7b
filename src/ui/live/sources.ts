/** The two subjects of a stream: one page's regions for htmx, and the daemon's events as JSON for programs. */
import type {Daemon, DaemonEvent} from '../../daemon/daemon.ts'
import {studyJson} from '../../daemon/exports/study-json.ts'
import {readingJson} from '../../daemon/telemetry/reading-json.ts'
import {orderResource} from '../api/resources.ts'
import type {Message, Source} from './channel.ts'
import {changesBetween, type LivePage} from './regions.ts'

/** A page's regions, each sent anew when it looks different. `render` returns undefined once the page is gone. */
export const pageSource = (render: () => LivePage | undefined): Source => {
  let shown: LivePage | undefined
  const messages = (before: LivePage | undefined): readonly Message[] => {
    const now = render()
    const changes = now && changesBetween(before, now)
    shown = now
    return changes ? [{data: changes.markup}] : []
  }
  return {changes: () => messages(shown), present: () => messages(undefined)}
}

/** What happens in the daemon. Of several changes of one thing since the last look, only the last is told. */
export const eventSource = (daemon: Daemon): Source & {readonly stop: () => void} => {
  const waiting = new Map<string, DaemonEvent>()
  const stop = daemon.subscribe((event) => {
    waiting.set(event.kind === 'study' ? `study ${event.id}` : event.kind, event)
  })
  return {
    stop,
    changes: () => {
      const events = [...waiting.values()]
      waiting.clear()
      return events.flatMap((event) => messageOf(daemon, event))
    },
    present: () => daemon.studies().map((study) => json('study', studyJson(study))),
  }
}

const messageOf = (daemon: Daemon, event: DaemonEvent): readonly Message[] => {
  switch (event.kind) {
    case 'study': {
      const study = daemon.study(event.id)
      return study ? [json('study', studyJson(study))] : []
    }
    case 'reading':
      return [json('reading', readingJson(event.reading))]
    case 'order':
      return [json('order', orderResource(event.order))]
    // How a download goes on is for those who look at it.
    case 'datasets':
      return []
  }
}

const json = (name: string, value: unknown): Message => ({name, data: JSON.stringify(value)})
