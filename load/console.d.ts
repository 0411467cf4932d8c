/** The console of k6, which @types/k6 does not declare. */
declare const console: Record<"log" | "warn" | "error", (message: string) => void>;
