/** A simulation for people, what breaks first. */
import type { Paint } from '../diagnostics/paint.ts'
import type { Simulation } from './simulate.ts'
import { goneText, meanwhile, OUTCOMES, sentenceOf, summaryOf, TITLES } from './words.ts'

export function textSimulation(simulation: Simulation, paint: Paint): string {
  const color = { fails: paint.red, 'keeps-failing': paint.red, moves: paint.yellow, unaffected: paint.bold }
  const sections = [
    [summaryOf(simulation)],
    ...OUTCOMES.map((outcome) => {
      const own = simulation.callers.filter((caller) => caller.outcome === outcome)
      return own.length === 0 ? [] : [color[outcome](TITLES[outcome]), ...own.map((c) => `  ${sentenceOf(c)}`)]
    }),
    [paint.bold('goes with it'), ...simulation.gone.map((gone) => `  ${goneText(gone, (name) => name)}`)],
    meanwhile(simulation).map((sentence, i) =>
      i === 0 ? `${paint.bold('until then')}\n  ${sentence}` : `  ${sentence}`,
    ),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}
