/** A simulation for a page or the comment of a pull request. Names are DNS names: they need no escape. */
import type { Share } from './answer.ts'
import type { CallerOutcome, Simulation } from './simulate.ts'
import { goneText, meanwhile, OUTCOMES, sentenceOf, summaryOf, TITLES, waysOf } from './words.ts'

const code = (name: string): string => `\`${name}\``

export function markdownSimulation(simulation: Simulation): string {
  const broken = simulation.callers.filter(({ outcome }) => outcome === 'fails' || outcome === 'keeps-failing')
  const rows = OUTCOMES.flatMap((outcome) => simulation.callers.filter((caller) => caller.outcome === outcome)).flatMap(
    rowsOf,
  )
  const blocks = [
    [`### ${summaryOf(simulation)}`],
    broken.map((caller) => `- **breaks** ${sentenceOf(caller, code)}`),
    rows.length === 0 ? [] : ['| host | from | before | then | |', '| --- | --- | --- | --- | --- |', ...rows],
    simulation.gone.map((gone) => `- ${goneText(gone, code)}`),
    meanwhile(simulation),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

/** One; with routes, one for each way that a call can go. */
function rowsOf(caller: CallerOutcome): string[] {
  const from = [code(caller.cluster), ...caller.places.map(code)].join(' ')
  const shares = (list: readonly Share[]): string =>
    list.length === 0 ? 'nobody' : list.map(({ cluster, percent }) => `${code(cluster)} ${percent}%`).join(', ')
  return waysOf(caller, code).map(({ title, before, after, outcome }) => {
    const host = title === '' ? code(caller.host) : `${code(caller.host)} ${title}`
    return `| ${host} | ${from} | ${shares(before)} | ${shares(after)} | ${TITLES[outcome]} |`
  })
}
