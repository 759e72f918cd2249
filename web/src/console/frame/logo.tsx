/** Logo is the mark of the console: a graph of few nodes. */
export function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="var(--accent)" strokeWidth="1.5" strokeLinejoin="round" aria-hidden="true">
      <path d="M10 1.2 17.6 5.6v8.8L10 18.8 2.4 14.4V5.6z" />
      <path d="M10 6.4v3.4M10 9.8l-3.4 3M10 9.8l3.4 3" strokeWidth="1.2" />
      <circle cx="10" cy="6" r="1.5" fill="var(--accent)" stroke="none" />
      <circle cx="6.4" cy="13" r="1.5" fill="var(--accent)" stroke="none" />
      <circle cx="13.6" cy="13" r="1.5" fill="var(--accent)" stroke="none" />
    </svg>
  )
}
