import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { codePage } from '../reference/codes.ts'
import { EXAMPLES } from '../reference/examples.gen.ts'
import { codeText, fieldText } from '../reference/explain.ts'
import { fieldsOf } from '../reference/fields.ts'
import { findSubject } from '../reference/find.ts'
import { schemaText } from '../shell/workspace.ts'

export function run(invocation: Invocation): Promise<ExitCode> {
  const asked = invocation.positionals[0] ?? ''
  const fields = fieldsOf(JSON.parse(schemaText()) as object)
  const subject = findSubject(asked, fields)
  switch (subject.kind) {
    case 'code':
      invocation.world.out(codeText(codePage(subject.code, EXAMPLES)))
      return Promise.resolve(exit.done)
    case 'field':
      invocation.world.out(fieldText(subject.field, fields))
      return Promise.resolve(exit.done)
    case 'ambiguous':
      throw new Failure(`several fields end with ${asked}`, {
        exitCode: exit.invalid,
        hints: subject.paths.map((path) => `meshwright explain ${path.replaceAll('[]', '')}`),
      })
    case 'unknown':
      throw new Failure(`there is no code and no field ${asked}`, {
        exitCode: exit.invalid,
        hints: [
          subject.suggestion === undefined
            ? 'codes are like MESH-E308, fields like clusters.gateway.addresses; meshwright explain --help'
            : `did you mean ${subject.suggestion.replaceAll('[]', '')}?`,
        ],
      })
  }
}
