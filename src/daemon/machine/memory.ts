/** How the memory is shared out between GPU and CPU, where they have one together. Pure. */
import type {Reading} from '../telemetry/reading.ts'
import type {Remark} from './remark.ts'

/** Nothing where it is not known what the GPU holds. */
export const memoryRemarks = (reading: Reading | undefined): readonly Remark[] => {
  const {memoryTotalBytes: total, memoryAvailableBytes: free, gpuMemoryBytes: gpu} = reading ?? {}
  if (total === undefined || free === undefined || gpu === undefined) return []
  const cpu = Math.max(0, total - free - gpu)
  return [
    {
      about: 'memory',
      isGood: true,
      text: `Of ${gib(total)} that CPU and GPU share, ${gib(free)} are free for either. The GPU holds ${gib(gpu)}, which cannot be swapped, the CPU’s programs ${gib(cpu)}.`,
    },
  ]
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
