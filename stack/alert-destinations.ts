import type { Settings } from "../settings/resolve";

/** URLs of the receivers of alerts. A URL in a Secret is unknown, and is assumed to use HTTPS. */
export function alertDestinations({ alerting, external }: Settings): string[] {
    const receivers = external.alertmanager.url === undefined ? alerting.receivers : [];
    return receivers.map(
        ({ kind, url, smarthost }) => (kind === "email" ? smarthost : url) ?? "https://alerts.invalid",
    );
}
