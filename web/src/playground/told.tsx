import { useEffect } from 'react'

import { change, useAnswers } from './answers'

/** Told is a sentence over the page about what was just done, or could not be. */
export function Told() {
  const { told } = useAnswers()
  useEffect(() => {
    if (told?.passing !== true) {
      return
    }
    const timer = setTimeout(() => change({ told: undefined }), 6000)
    return () => clearTimeout(timer)
  }, [told])
  return (
    <div className="playground-told playground-beside" role="status">
      {told !== undefined && (
        <p>
          <span>{told.text}</span>
          <button type="button" aria-label="Close the notice" onClick={() => change({ told: undefined })}>
            <svg width="12" height="12" viewBox="0 0 12 12" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
              <path d="M1 1l10 10M11 1L1 11" />
            </svg>
          </button>
        </p>
      )}
    </div>
  )
}
