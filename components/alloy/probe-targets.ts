import { type ProbeArgs, ProbeModule } from "./args";

/** The blocks of the targets of prometheus.exporter.blackbox. */
export function probeTargets(probes: readonly ProbeArgs[]): string {
    return probes
        .map(
            ({ name, url, module = ProbeModule.Http2xx }) => `target {
	name    = ${JSON.stringify(name)}
	address = ${JSON.stringify(url)}
	module  = ${JSON.stringify(module)}
	labels  = {probe = ${JSON.stringify(name)}, module = ${JSON.stringify(module)}}
}
`,
        )
        .join("\n");
}
