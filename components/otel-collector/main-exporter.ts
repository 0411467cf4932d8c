import type { HelmValues } from "../helm/values";
import type { Profile } from "../profile";
import { plaintextClient, uncompressed } from "./endpoints";
import { queueAndRetry } from "./queue";

/** Name of the exporter of all signals: an http:// or https:// URL is for OTLP over HTTP, every other endpoint for gRPC. */
export function mainExporterName(endpoint: string): "otlp_http" | "otlp_grpc" {
    return /^https?:\/\//.test(endpoint) ? "otlp_http" : "otlp_grpc";
}

/** The exporter of all signals, with a queue on disk. */
export function mainExporter(endpoint: string, queueSize: string | undefined, profile: Profile): HelmValues {
    const name = mainExporterName(endpoint);
    return {
        [name]: {
            endpoint,
            ...(name === "otlp_http" ? uncompressed : plaintextClient),
            // Longer than the timeout of the Alloy receiver, which confirms a request when the backend has stored the data.
            timeout: "30s",
            ...queueAndRetry(queueSize, profile),
        },
    };
}
