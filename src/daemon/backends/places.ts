/** Where the native backend lies in the home folder. */
import {join} from 'node:path'

export const backendFolder = (home: string): string => join(home, 'backends', 'tensorflow')

/** The binding's name: what a training process loads. Beside it lie TensorFlow's libraries, and `installed.json`. */
export const bindingName = 'tfjs_binding.node'

export const bindingFile = (home: string): string => join(backendFolder(home), bindingName)

export const manifestFile = (folder: string): string => join(folder, 'installed.json')

/** What was fetched and not yet used up. */
export const downloadFolder = (home: string): string => join(home, 'backends', 'downloads')
