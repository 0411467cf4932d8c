import type { Cases } from "../case";
import { series, type Series, value } from "../series";

const probed = { cluster: "c", probe: "shop", instance: "https://shop.example.com" };

/** A series of a probe. */
function probe(metric: string, values: string): Series {
    return { [series(`probe_${metric}`, { ...probed, job: "blackbox", module: "http_2xx" })]: values };
}

export default {
    BlackboxProbeFailed: {
        after: "10m",
        fires: probe("success", value(0)),
        labels: probed,
        summary: "shop: the probe of https://shop.example.com fails",
        // One failed attempt.
        silent: probe("success", "1x5 0 1x20"),
    },
    BlackboxProbeSlow: {
        after: "30m",
        fires: { ...probe("duration_seconds", value(6)), ...probe("success", value(1)) },
        labels: probed,
        summary: "shop: the probe of https://shop.example.com takes 6s",
        silent: { ...probe("duration_seconds", value(10)), ...probe("success", value(0)) },
    },
    BlackboxSslCertificateWillExpireSoon: {
        after: "2h",
        fires: probe("ssl_earliest_cert_expiry", value(93_600)),
        labels: probed,
        summary: "shop: a certificate of https://shop.example.com expires in 1d 0h 0m 0s",
        silent: probe("ssl_earliest_cert_expiry", value(30 * 86_400)),
    },
    BlackboxProbesMissing: {
        after: "30m",
        fires: { [series("up", { ...probed, job: "blackbox" })]: value(1) },
        labels: { job: "blackbox" },
        summary: "Alloy: no probe has reported a result, because lgtm-alloy-singleton does not run",
        silent: probe("success", value(0)),
    },
} satisfies Cases;
