import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { App } from './app'
import { Theme } from './theme/theme'

const root = document.getElementById('console')
if (root === null) {
  throw new Error('the page has no element console')
}
createRoot(root).render(
  <StrictMode>
    <Theme>
      <App />
    </Theme>
  </StrictMode>,
)
