/** The mark of the product. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#3b5bdb" />
      <path d="M7 9h18v4h-7v12h-4V13H7z" fill="#fff" />
      <circle cx="24" cy="22" r="3" fill="#91a7ff" />
    </svg>
  );
}
