/** Which limits a study may have at all. */
import {z} from 'zod'

export const trialsLimit = z.int().min(1).max(100_000)
export const hoursLimit = z.number().positive().max(10_000)
export const temperatureLimit = z.number().min(30).max(95)
