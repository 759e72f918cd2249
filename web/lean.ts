import type { Plugin } from 'vite'

import { corrected, type Corrections } from './corrected'

// What Mantine brings along by its name alone: the console never lets it run, as it would write styles into the page.
const unused: Corrections = {
  '@mantine/core/esm/core/MantineProvider/MantineProvider.mjs': [
    ['import { MantineClasses } from "./MantineClasses/MantineClasses.mjs";', 'const MantineClasses = null;'],
    ['import { MantineCssVariables } from "./MantineCssVariables/MantineCssVariables.mjs";', 'const MantineCssVariables = null;'],
  ],
  // The page below a dialog is not locked.
  '@mantine/core/esm/components/ModalBase/ModalBase.mjs': [
    ['import { RemoveScroll } from "react-remove-scroll";', 'const RemoveScroll = ({ children }) => children;'],
  ],
  // Only asked whether it is what scrolls in a dialog.
  '@mantine/core/esm/components/Modal/ModalRoot.mjs': [
    ['import { ScrollArea } from "../ScrollArea/ScrollArea.mjs";', 'const ScrollArea = { Autosize: null };'],
  ],
}

/** lean leaves out of the console what it has no use for. */
export function lean(): Plugin {
  return corrected('lean', unused)
}
