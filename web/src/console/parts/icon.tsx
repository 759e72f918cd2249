import type { ReactNode } from 'react'

// Every icon is drawn on 16 × 16 with lines of 1.4, by hand: a package of icons would be larger than the console.
const shapes = {
  alarms: <path d="M8 2.2a3.8 3.8 0 0 0-3.8 3.8c0 3.6-1.4 4.8-1.4 5.3h10.4c0-.5-1.4-1.7-1.4-5.3A3.8 3.8 0 0 0 8 2.2ZM6.6 13.3a1.5 1.5 0 0 0 2.8 0" />,
  arrowUp: <path d="M8 13V3M4.2 6.8 8 3l3.8 3.8" />,
  capacity: <path d="M2.2 13.6h11.6M4 13.2V9M8 13.2V2.8M12 13.2V6" />,
  chart: <path d="M2.2 2.4v11.2h11.6M4.4 10.6l2.8-3.4 2.2 1.8 3.6-4.6" />,
  check: <path d="m3.2 8.4 3.2 3.2 6.4-7" />,
  chevronDown: <path d="m4.4 6.2 3.6 3.6 3.6-3.6" />,
  chevronUp: <path d="m4.4 9.8 3.6-3.6 3.6 3.6" />,
  clock: <path d="M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2.8V8l2.2 1.6" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  copy: <path d="M5.6 5.6h7.8v7.8H5.6zM3.4 10.4h-.8V2.6h7.8v.8" />,
  dots: <path d="M3.4 8h.01M8 8h.01M12.6 8h.01" strokeWidth="2.2" />,
  download: <path d="M8 2.4v7.4M4.8 7 8 10.2 11.2 7M2.8 13.4h10.4" />,
  external: <path d="M9.4 2.6h4v4M13.2 2.8 7.6 8.4M11.4 9.4v4H2.6V4.6h4" />,
  filter: <path d="M2.2 3.2h11.6L9.4 8.4v4.2l-2.8 1V8.4Z" />,
  globe: <path d="M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM2.2 8h11.6M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12" />,
  host: <path d="M2.2 2.8h11.6v3H2.2zM2.2 6.6h11.6v3H2.2zM2.2 10.4h11.6v3H2.2zM4.4 4.3h.01M4.4 8.1h.01M4.4 11.9h.01" />,
  info: <path d="M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 5.4v3.4M8 5.2v.01" />,
  jobs: <path d="M3 3.4h10v10.2H3zM5.4 2v2.6M10.6 2v2.6M5.4 7.2h5.2M5.4 10.2h3.2" />,
  key: <path d="M10.2 2.4a3.4 3.4 0 0 0-3.2 4.5L2.4 11.5v2.1h2.4v-1.8h1.8v-1.8h1l1.2-1.2a3.4 3.4 0 1 0 1.4-6.4ZM11 5v.01" />,
  link: <path d="M6.8 9.2 9.2 6.8M7 5l2-2a2.8 2.8 0 0 1 4 4l-2 2M9 11l-2 2a2.8 2.8 0 0 1-4-4l2-2" />,
  moon: <path d="M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7Z" />,
  overview: <path d="M2.4 2.4h4.4v4.4H2.4zM9.2 2.4h4.4v4.4H9.2zM2.4 9.2h4.4v4.4H2.4zM9.2 9.2h4.4v4.4H9.2z" />,
  plus: <path d="M8 3v10M3 8h10" />,
  query: <path d="M5.2 4 1.4 8l3.8 4M10.8 4l3.8 4-3.8 4" />,
  search: <path d="M7 2.4a4.6 4.6 0 1 0 0 9.2 4.6 4.6 0 0 0 0-9.2ZM10.4 10.4l3.4 3.4" />,
  sort: <path d="m5 6 3-3 3 3M5 10l3 3 3-3" />,
  sun: <path d="M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M3.5 12.5l.8-.8M11.7 4.3l.8-.8" />,
  table: <path d="M2.4 3h11.2v10H2.4zM2.4 6.4h11.2M2.4 9.8h11.2M6.4 6.4V13" />,
  upstream: <path d="M4.6 11.4a3 3 0 0 1-.2-6 3.8 3.8 0 0 1 7.2 0 3 3 0 0 1-.2 6M8 14V8M5.8 10 8 7.8l2.2 2.2" />,
  warning: <path d="M8 2.4 1.8 13.2h12.4ZM8 6.6v3M8 11.4v.01" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof shapes

/** Icon is a small picture that says nothing to screen readers: the control it stands in has a name. */
export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string | undefined }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={className}
    >
      {shapes[name]}
    </svg>
  )
}
