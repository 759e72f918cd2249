import type { Plugin } from 'vite'

import { corrected, type Corrections } from './corrected'

// What GraphiQL tells readers of the screen wrongly, and what is right.
const markup: Corrections = {
  // A tab of ARIA has nothing to press within, and buttons in there are not told. GraphiQL's tabs hold two buttons each: they are a
  // list of buttons, which needs no role.
  '@graphiql/react/dist/components/tabs/index.js': [
    ['"aria-selected": isActive', '"aria-current": isActive'],
    ['role: "tab",', ''],
    ['role: "tablist",', ''],
  ],
  'graphiql/dist/GraphiQL.js': [
    ['role: "tabpanel"', 'role: "region"'],
    // What is given as the footer of the answer is the choice of how it is shown: it comes before it, by keyboard too.
    ['t47,\n      t48,\n      footer\n', 'footer,\n      t47,\n      t48\n'],
  ],
  // Every query of the history had the same name, other than the one that is seen.
  '@graphiql/plugin-history/dist/components.js': [['"aria-label": "Set active"', '"aria-label": `Set active: ${displayName}`']],
}

/** accessible corrects GraphiQL. */
export function accessible(): Plugin {
  return corrected('accessible', markup)
}
