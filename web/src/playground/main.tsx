import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './playground.css'
import './views.css'
import './panes.css'

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { Playground } from './playground'

const root = document.getElementById('playground')
if (root === null) {
  throw new Error('the page has no element playground')
}
createRoot(root).render(
  <StrictMode>
    <Playground />
  </StrictMode>,
)
