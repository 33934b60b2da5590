/** The app's mark, as on the icon. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" className="shrink-0">
      <rect width="64" height="64" rx="15" fill="var(--accent)" />
      <path
        d="M22.9 45.9V17.6h11.2a8.4 8.4 0 0 1 0 16.8H22.9m9.7 0 9.7 11.5"
        fill="none"
        stroke="var(--ink-on-accent)"
        strokeWidth="6.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
