import { defineWords } from '../text/words'

export const words = defineWords(
  {
    skip: 'Skip to the content',
    pages: 'Pages',
    more: 'More',
  },
  {
    skip: '跳到内容',
    pages: '页面',
    more: '更多',
  },
)
