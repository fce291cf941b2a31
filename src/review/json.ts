/** A review for programs. */
import { classOf, sentenceOf } from './consequence.ts'
import type { Review } from './review.ts'

/** Raised when a reader of the old form could misunderstand the new one. */
const SCHEMA_VERSION = 1

export function jsonReview({ mesh, against, consequences, tasks, consent, difference, rewritten }: Review): string {
  const report = {
    schemaVersion: SCHEMA_VERSION,
    mesh,
    against,
    consequences: consequences.map((consequence) => {
      const { kind, subject, detail, clusters } = consequence
      return { class: classOf(consequence), kind, subject, detail, clusters, message: sentenceOf(consequence) }
    }),
    tasks,
    needsAllowDelete: consent ?? null,
    clusters: difference.clusters,
    parts: difference.parts.map(({ cluster, objects, files }) => ({
      cluster: cluster === '' ? null : cluster,
      objects: objects.map(({ kind: change, object: { group, kind, namespace, name }, fields }) => {
        return { change, group, kind, namespace, name, fields }
      }),
      files: files.map(({ kind: change, path }) => ({ change, path })),
    })),
    rewritten,
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
