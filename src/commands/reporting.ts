/** Reports in the format that `--format` names. */
import { resolve } from 'node:path'
import { sortDiagnostics } from '../diagnostics/diagnostic.ts'
import { Failure, type ExitCode } from '../diagnostics/failure.ts'
import { FORMATS, formatReport, type Format } from '../diagnostics/formats.ts'
import type { Invocation } from '../invocation.ts'
import { repositoryRoot } from '../shell/repository-root.ts'
import { version } from '../version.ts'
import { workFolder } from './inputs.ts'
import { count, locatedIn, pathIn, report, seenFrom, type Findings } from './report.ts'

export interface Reporter {
  readonly format: Format
  readonly add: (...parts: readonly Part[]) => void
}

interface Part extends Findings {
  /** Absolute folder that the files are relative to. */
  readonly folder: string
}

/**
 * Runs `body` with a reporter. Text goes to stderr as it is found. The other formats are one document on stdout when
 * all is over, also when a failure ended the run, which the document then tells.
 *
 * @param about path of what the run is about, as the user gave it
 */
export async function reporting(
  invocation: Invocation,
  about: string,
  body: (reporter: Reporter) => Promise<ExitCode>,
): Promise<ExitCode> {
  const format = invocation.oneOf('format', FORMATS) ?? 'text'
  if (format === 'text') {
    const add: Reporter['add'] = (...parts) =>
      report(invocation, together(parts.map((part) => seenFrom(invocation, part.folder, part))))
    return body({ format, add })
  }
  const base = baseOf(invocation, format)
  const found: Findings[] = []
  const add: Reporter['add'] = (...parts) => void found.push(...parts.map((part) => locatedIn(base, part.folder, part)))
  const end = (failure?: Failure): void => {
    const file = pathIn(base, resolve(workFolder(invocation), about))
    const context = { version: version(), about: file, ...(failure !== undefined && { failure }) }
    const { diagnostics, texts } = together(found)
    invocation.world.out(formatReport(format, sortDiagnostics(diagnostics), texts, context))
    // Where a report goes to a file, the log of a job would be empty otherwise.
    if (format !== 'json' && diagnostics.length > 0) invocation.say(count(diagnostics))
  }
  try {
    const code = await body({ format, add })
    end()
    return code
  } catch (error) {
    if (error instanceof Failure) end(error)
    throw error
  }
}

function together(found: readonly Findings[]): Findings {
  return { diagnostics: found.flatMap((f) => f.diagnostics), texts: new Map(found.flatMap((f) => [...f.texts])) }
}

/** Forges take paths from the root of the repository; people and scripts take them from where they are. */
function baseOf({ world }: Invocation, format: Format): string {
  return (format === 'json' ? undefined : repositoryRoot(world.cwd)) ?? world.cwd
}
