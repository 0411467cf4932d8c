/** The oldest kernels of a setting whose pods use eBPF. */
interface OldestKernels {
    /** The oldest release of Linux: major and minor version. */
    version: readonly [number, number];
    /** Whether Linux 4.18 of Red Hat Enterprise Linux 8 is also supported, which has the newer parts of eBPF. */
    ofRedHat: boolean;
}

/** The oldest kernel for each setting. The profiler needs the capability CHECKPOINT_RESTORE, which Linux 5.9 introduced. */
const oldestKernels = {
    "autoInstrumentation.enabled": { version: [5, 8], ofRedHat: true },
    "profiling.ebpf": { version: [5, 9], ofRedHat: false },
} as const satisfies Record<string, OldestKernels>;
export type EbpfSetting = keyof typeof oldestKernels;

/** The kernels that a setting needs, for a sentence. */
export function kernelText(setting: EbpfSetting): string {
    const { version, ofRedHat } = oldestKernels[setting];
    return `Linux ${version.join(".")} or later${ofRedHat ? " or Linux 4.18 of RHEL 8" : ""}`;
}

/** Whether a kernel is too old for a setting. An unknown version is not old. */
export function isTooOld(kernel: string, setting: EbpfSetting): boolean {
    const { version, ofRedHat } = oldestKernels[setting];
    const [major, minor] = version;
    const [, ownMajor, ownMinor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
    const isOlder =
        ownMajor !== undefined &&
        (Number(ownMajor) < major || (Number(ownMajor) === major && Number(ownMinor) < minor));
    return isOlder && !(ofRedHat && /^4\.18\..*\.el8/.test(kernel));
}
