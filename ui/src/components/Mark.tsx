/** The app's mark: two people in one R. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" className="shrink-0">
      <rect width="64" height="64" rx="15" fill="var(--accent)" />
      <path
        d="M22 49V17h12.5a9.5 9.5 0 0 1 0 19H22m11 0 11 13"
        fill="none"
        stroke="var(--ink-on-accent)"
        strokeWidth="7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
