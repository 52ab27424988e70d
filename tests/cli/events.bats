# Recordings of event cameras through the tools: formats, filters, packets, live pipes.
load common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  events=$AKIDA_SOURCE/testdata/events
}

# times [FILE]: sample,x,y,polarity,time of raw events.
times() {
  akida-data to-csv "$@" | tail -n +2 | cut -d, -f1-4,6
}

@test "every format gives the events that were written into it" {
  for file in davis.aedat2 dvs128.aedat2 dvs128.aedat3 lz4.aedat4 plain.aedat4 zstd.aedat4 evt2.raw evt3.raw \
    evt21.raw evt21_legacy.raw cd.dat nmnist.bin dvs.es atis.es events.npy events.csv; do
    if [ $file = lz4.aedat4 ] && ! akida-data import events --raw "$events/$file" >lz4.aks 2>lz4.err; then
      grep -q 'this build cannot read it' lz4.err && continue
    fi
    akida-data import events --raw "$events/$file" | times >got
    awk -F, -v name=$file '$1 == name { print "0," $3 "," $4 "," $5 "," $2 }' "$events/expected.csv" | diff - got
    gzip -c "$events/$file" >$file.gz
    akida-data events --raw --shape 256,256 $file.gz | times | diff got -
    [ $file = nmnist.bin ] || akida-data events --raw --shape 256,256 <"$events/$file" | times | diff got -
  done
  expect 1 akida-data events --format nmnist --shape 34,250 - -o x.aks <"$events/nmnist.bin"
  [ "$stderr" = "akida-data: error: stdin: event 1: x 127 is outside 0..33" ]
}

@test "filters can be options of the import or stages of a pipe" {
  all="--region 0,0,120,96 --polarity on --time 0:9000 --downscale 2"
  akida-data import events --raw $all "$events/plain.aedat4" | times >once
  akida-data import events --raw "$events/plain.aedat4" | akida-data events --raw --time 0:9000 |
    akida-data events --raw --region 0,0,120,96 - | akida-data events --raw --polarity on |
    akida-data events --raw --downscale 2 | times | diff once -
  [ "$(wc -l <once)" -eq 5 ]
  akida-data events --refractory 500 --raw "$events/plain.aedat4" | times | grep -c '^0,5,90,' | grep -qx 1
  akida-data events --background 5 --raw "$events/plain.aedat4" | times >active
  diff active - <<END
0,18,33,1,4096
0,102,2,0,20000
END
}

@test "packets come by count or by time, sparse, raw or as frames" {
  akida-data import events --packetize 5 "$events/cd.dat" | akida-data show | grep -q '^samples 3  events 12$'
  akida-data import events --window 4000 "$events/cd.dat" | akida-data show | tail -n 1 >total
  grep -qx 'samples 4  events 12' total
  akida-data import events --window 4000 --frames --count --polarity merge "$events/cd.dat" | akida-data show >shown
  grep -q '^kind dense  type u8  width 128  height 96  channels 1 ' shown
  grep -q 'index 0  id 0  nonzero 6  min 0  max 2$' shown
  akida-data import events --raw --window 4000 "$events/cd.dat" | akida-data events --join --packetize 5 |
    akida-data to-csv >joined
  akida-data import events --packetize 5 "$events/cd.dat" | akida-data to-csv | diff joined -
}

@test "a slow pipe gives each result as soon as its packet is complete" {
  akida-build new --seed 1 -o m.fbz - <<< '{layers: [{type: InputData, input_width: 4, input_height: 4,
    input_channels: 2, input_bits: 1}, {type: FullyConnected, num_neurons: 3, weights_bits: 2}]}'
  mkfifo camera
  akida-data events --flush --packetize 2 --shape 4,4 <camera | akida-run predict --flush m.fbz - >classes &
  local last=$!
  exec 8>camera
  for packet in 1 2 3; do
    printf '%s,1,1\n%s,2,0\n' $packet $packet >&8
    for _ in {1..100}; do [ "$(wc -l <classes)" -ge $packet ] && break; sleep 0.05; done
    [ "$(wc -l <classes)" -eq $packet ]
  done
  printf '0,0,0\n' >&8
  sleep 0.2
  [ "$(wc -l <classes)" -eq 3 ]
  exec 8>&-
  wait $last
  [ "$(cut -f1 classes | tr '\n' ' ')" = "0 1 2 3 " ]
}

@test "binary recordings in a slow pipe give windows and frames as they end" {
  mkfifo camera
  akida-data events --flush --raw --window 4000 - <camera >live.aks &
  local last=$!
  exec 8>camera
  head -c 136 "$events/cd.dat" >&8  # header and 8 events, of which the last opens the second window
  for _ in {1..100}; do [ "$(stat -c %s live.aks)" -gt 150 ] && break; sleep 0.05; done
  [ "$(stat -c %s live.aks)" -gt 150 ]
  tail -c +137 "$events/cd.dat" >&8
  exec 8>&-
  wait $last
  akida-data import events --raw --window 4000 "$events/cd.dat" | times >whole
  times live.aks | diff whole -
}

@test "a slow pipe becomes text as it comes" {
  mkfifo camera
  akida-data events --flush --packetize 2 --shape 9,9 <camera | akida-data to-csv --flush >live.csv &
  local last=$!
  exec 8>camera
  for packet in 1 2 3; do
    printf '%s,1,1\n%s,2,0\n' $packet $packet >&8
    for _ in {1..100}; do [ "$(wc -l <live.csv)" -gt $((2 * packet)) ] && break; sleep 0.05; done
    [ "$(wc -l <live.csv)" -eq $((2 * packet + 1)) ]
  done
  exec 8>&-
  wait $last
  [ "$(tail -n 1 live.csv)" = 2,3,2,0,1 ]
}

@test "folders of recordings are classes" {
  mkdir -p set/{left,right}
  cp "$events/nmnist.bin" set/left/1.bin
  cp "$events/cd.dat" set/right/2.dat
  echo "Left, right, and nothing else." >set/left/notes.txt
  akida-data import events --shape 128,256 --class-from-folder set | akida-data show >shown
  grep -q '^samples 2  events 24  per class \[1,1\]' shown
  grep -q '^class 0  left$' shown
  grep -q 'id left/1.bin  label 0' shown
  printf 'right\nup\nleft\n' >names
  akida-data import events --shape 128,256 --class-from-folder --class-names names set | akida-data show | grep -q 'id left/1.bin  label 2'
  fails 2 "akida-data: error: standard input is in no folder that names its class" \
    akida-data import events --class-from-folder --shape 9,9 - <"$events/cd.dat"
  mkdir none
  fails 1 "akida-data: error: none: no recordings of events found" akida-data import events none
}

@test "what is no recording, or not the one that was named, is refused" {
  : >nothing
  fails 1 "akida-data: error: nothing: file is empty" akida-data import events nothing
  fails 1 "akida-data: error: stdin: file is empty" akida-data events <nothing
  fails 2 "akida-data: error: stdin: its width and height have to be given (--shape), it cannot be read twice" \
    akida-data events <<<"1,1,1"
  printf 'x,y,polarity\n' >none.csv
  fails 1 "akida-data: error: none.csv: no events in it" akida-data import events --shape 9,9 none.csv
  printf '1,1,1\n1,1\n' >short.csv
  fails 1 "akida-data: error: short.csv: line 2: 2 columns, not 3" akida-data import events short.csv
  fails 1 "akida-data: error: $events/evt2.raw: its header says EVT2, not the format that was named" \
    akida-data import events --format evt3 "$events/evt2.raw"
  fails 2 "akida-data: error: $events/evt2.raw: a sensor is named for AEDAT 2.0, this is of format evt2" \
    akida-data import events --sensor davis240 "$events/evt2.raw"
  printf '#!A' >cut.aedat
  fails 1 "akida-data: error: cut.aedat: offset 0: file is truncated: it ends within the first 12 bytes" \
    akida-data import events cut.aedat
  printf 'Event Stream\2\0\0\4' >colour.es
  akida-data info colour.es | grep -qx 'colour.es: event recording, Event Stream without changes of brightness'
}

@test "info says what files are, also inside compression" {
  cd "$AKIDA_SOURCE/testdata"
  expect 0 akida-data info events/evt3.raw models/xor.fb fashion-mnist/t10k-labels-idx1-ubyte.gz images/rgb.png
  diff - <(echo "$output") <<END
events/evt3.raw: event recording, Prophesee RAW with EVT 3.0; read by akida-data import events
models/xor.fb: model; read by all tools
fashion-mnist/t10k-labels-idx1-ubyte.gz: IDX array (MNIST), in gzip; read by akida-data import idx
images/rgb.png: PNG image; read by akida-data import images
END
  cd "$BATS_TEST_TMPDIR"
  akida-build new "$AKIDA_SOURCE/testdata/arch/xor.yaml" -o xor.fbz
  akida-data info --json xor.fbz - <"$events/dvs.es" >info.json
  [ "$(json info.json '[(f["kind"], f["inside"]) for f in o["files"]]')" = "[('fb', ['zstd']), ('es', [])]" ]
  printf '\1\2\3' >odd
  expect 3 akida-data info odd
  [ "$output" = "odd: unknown" ]
  expect 1 akida-data info none odd
  [ "$output" = "odd: unknown" ]
  [ "$stderr" = "akida-data: error: none: cannot open: No such file or directory" ]
  akida-data info --json none . odd >info.json || [ $? -eq 1 ]
  [ "$(json info.json '[f.get("kind", f.get("error")) for f in o["files"]]')" = \
    "['none: cannot open: No such file or directory', '.: cannot open: is a directory', 'unknown']" ]
}

@test "list names every import" {
  akida-data list --json >list.json
  json list.json '"\n".join(sorted({s["import"] for s in o["sources"]}))' >listed
  verbs_of akida-data import | sort | diff - listed
  akida-data list | grep -q 'AEDAT 4.0'
}
