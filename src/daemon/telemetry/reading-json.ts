import {type Json, snakeCase} from '../base/json.ts'
import type {Reading} from './reading.ts'

/** A reading as the outside sees it, in API, log and command line: `temperaturesC` is `temperatures_c`. Pure. */
export const readingJson = (reading: Reading): {readonly [key: string]: Json} =>
  Object.fromEntries(Object.entries(reading).map(([key, value]) => [snakeCase(key), value]))
