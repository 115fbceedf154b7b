import {type Json, snakeCase} from '../base/json.ts'
import type {Machine, Reading} from './reading.ts'

type JsonObject = {readonly [key: string]: Json}

/** A reading as the outside sees it, in API, log and command line: `temperaturesC` is `temperatures_c`. Pure. */
export const readingJson = (reading: Reading): JsonObject => renamed(reading, snakeCase)

/** A machine as the outside sees it. Pure. */
export const machineJson = (machine: Machine): JsonObject => renamed(machine, snakeCase)

/** The way back, for what was written by `readingJson` or `machineJson`; whether it is one has to be checked. Pure. */
export const fromJson = (json: object): object => renamed(json, camelCase)

const renamed = (fields: object, rename: (key: string) => string): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [rename(key), value]))

const camelCase = (key: string): string =>
  key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
