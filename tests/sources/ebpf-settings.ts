/** Settings that enable auto-instrumentation. */
export const enabled = { autoInstrumentation: { enabled: true } };

/** Settings that enable everything that uses eBPF. */
export const both = { ...enabled, profiling: { ebpf: true } };

/** The kinds of auto-instrumentation. */
export const kinds = ["beyla", "opentelemetry"] as const;
