# Lets Tempo refuse spans before a volume is full, because Tempo 2.10 loses spans that it has accepted and cannot write.
# Arguments:
#   `prepare`, which ends after the limits are written, or `watch`, which does not end
#   the file with the limits of tenants
#   the file that Tempo reads: a copy of it, or the limits that refuse all spans
#   the limits that refuse all spans
#   `volume`, the folder of a volume, and the size of the reserve in KiB: refuses spans if the volume is almost full;
#   or `ingesters`, and the name and the HTTP port of a headless Service: refuses spans if the volume of one of its pods is almost full
set -u
mode=$1 source=$2 target=$3 refusing=$4 kind=$5
shift 5
[ "$kind" = volume ] && interval=1 || interval=5
state=
trap 'exit 0' TERM INT

# Tempo must never read an incomplete file.
write() { cat > "$target.new" && mv "$target.new" "$target"; }

# A reserve, which is a file on the volume, makes room for what Tempo accepts until it has read the new limits.
volume_accepts() {
    reserve=$1/reserve size=$2
    read -r total free <<EOF
$(df -Pk "$1" | awk 'NR == 2 { print $2, $4 }')
EOF
    found="$free KiB of $total KiB are free"
    [ "$size" -le $((total / 10)) ] || size=$((total / 10))
    reserved=0
    [ ! -f "$reserve" ] || reserved=$(($(stat -c %s "$reserve") / 1024))
    if [ "$reserved" -gt 0 ] && [ "$free" -lt $((size / 2)) ]; then
        rm -f "$reserve"
        return 1
    fi
    # Twice the reserve, so that the state does not change all the time. The reserve is too small if the volume was expanded, or if writing it was interrupted.
    if [ "$reserved" -lt "$size" ] && [ $((free + reserved)) -ge $((2 * size)) ]; then
        allocate
    else
        [ "$reserved" -gt 0 ]
    fi
}

# Some file systems, such as NFS 3, cannot allocate a file without writing it.
allocate() {
    fallocate -l "${size}k" "$reserve" 2> /dev/null ||
        dd if=/dev/zero of="$reserve" bs=1024 count="$size" 2> /dev/null || { rm -f "$reserve"; return 1; }
}

# An answer of DNS has at most 27 addresses, or 15 with IPv6. With more ingesters, each answer has others.
# The guard of an ingester writes its limits too, which are in the metrics of the ingester. The ring of Tempo handles ingesters that do not answer.
ingesters_accept() {
    full=$(
        for address in $(nslookup "$1" 2> /dev/null | awk '/^Name:/ { named = 1 } named && /^Address/ { print $NF }'); do
            case $address in *:*) address="[$address]" ;; esac
            wget -q -T 2 -O - "http://$address:$2/metrics" 2> /dev/null |
                grep -q '^tempo_limits_overrides{limit_name="ingestion_rate_limit_bytes".* 1$' && echo "$address" &
        done
        wait
    )
    found="ingesters with an almost full volume: ${full:-none}"
    [ -z "$full" ]
}

while :; do
    if [ "$kind" = volume ]; then
        volume_accepts "$@"
    else
        ingesters_accept "$@"
    fi && now=accepting || now=refusing
    if [ "$now" = accepting ]; then
        cmp -s "$source" "$target" || write < "$source"
    elif [ "$state" != refusing ]; then
        printf '%s\n' "$refusing" | write
    fi
    [ "$state" = "$now" ] || echo "Tempo is $now spans: $found."
    state=$now
    [ "$mode" = watch ] || exit 0
    # A trap runs only after the current command, except after wait.
    sleep "$interval" &
    wait $!
done
