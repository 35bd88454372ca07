// Package failpoint names the moments at which a process is killed in tests. In the default build there is nothing behind the names: Hit,
// Broken and Size are empty, inlined and gone. With the build tag failpoints the environment says at which point the process ends.
package failpoint

// Point names one moment of one way to the disk or to the centre.
type Point string

// Points, in the order in which data meets them. Each says what has just happened.
const (
	SamplesTaken   Point = "samples/taken"   // samples left the queue, nothing is written
	SegmentMade    Point = "segment/made"    // a new raw segment is on disk, empty
	SamplesSynced  Point = "samples/synced"  // samples are on disk, nobody was told
	SamplesTold    Point = "samples/told"    // the senders of samples were told
	SegmentSealed  Point = "segment/sealed"  // the sealed segment stands beside the raw one
	LogWritten     Point = "log/written"     // frames were written to a log and not synced
	FileWritten    Point = "file/written"    // a temporary file was written and not synced
	FileSynced     Point = "file/synced"     // it was synced and has no name
	FileNamed      Point = "file/named"      // it has its name, the folder was not synced
	BlobStored     Point = "blob/stored"     // a blob is on disk without this sidecar
	ImageFiles     Point = "image/files"     // a picture and its sidecar are on disk and not in the index
	ImageIndexed   Point = "image/indexed"   // the picture is in the index, the sender was not told
	WindowFiles    Point = "window/files"    // a window and its sidecar are on disk and not in the index
	CommitPlanned  Point = "commit/planned"  // records are in memory, nothing is written
	CommitLabels   Point = "commit/labels"   // labels.log is synced, the journal is not written
	CommitJournal  Point = "commit/journal"  // both logs are synced, the index is not committed
	CommitIndexed  Point = "commit/indexed"  // the index is committed, nobody was told
	CommitTold     Point = "commit/told"     // those who asked were told
	LabelStored    Point = "label/stored"    // a label is durable, its author has no answer
	EvictRecorded  Point = "evict/recorded"  // an eviction is recorded, its files are there
	BlobHalfGone   Point = "blob/halfgone"   // sidecars of an evicted blob are gone, its bytes are there
	SegmentGone    Point = "segment/gone"    // a dropped segment's file is gone
	JournalRolled  Point = "journal/rolled"  // the journal goes on in a new file
	JournalWritten Point = "journal/written" // a rewritten journal has its name, the old one is there
	JournalSwapped Point = "journal/swapped" // the index points at the rewritten journal, the old one is there
	IndexBuilt     Point = "index/built"     // an index was built and has no name
	IndexNamed     Point = "index/named"     // it has its name, the logs are not open
	LogsReplayed   Point = "logs/replayed"   // the index caught up with the logs
	IntakeStored   Point = "intake/stored"   // a picture is safe; its file was not moved, its sender has no answer
	BatchFrozen    Point = "batch/frozen"    // a batch is frozen, no byte of it has left
	ObjectPut      Point = "object/put"      // an object of a batch is at the centre
	ManifestNext   Point = "manifest/next"   // all objects are at the centre, the manifest is not
	ManifestPut    Point = "manifest/put"    // the manifest is at the centre, the store does not know
	BatchMarked    Point = "batch/marked"    // the store has marked the batch as being there
)

// Promises that a test build can be told to break, to prove that the tests notice.
const (
	AnswerFirst Point = "answer-first" // senders of samples are told before anything is written
	NoSync      Point = "no-sync"      // logs are written and not synced
)

// Sizes that a test build can be told to make small, so that what a plant meets after months is met in seconds.
const (
	SegmentSize  Point = "segment-size"  // bytes of a raw segment
	SeriesBudget Point = "series-budget" // bytes of all segments
	JournalFile  Point = "journal-file"  // bytes of one file of the journal
	JournalSize  Point = "journal-size"  // bytes of the journal above which it is rewritten
)

// All lists the points.
func All() []Point {
	return []Point{
		SamplesTaken, SegmentMade, SamplesSynced, SamplesTold, SegmentSealed, LogWritten, FileWritten, FileSynced, FileNamed, BlobStored,
		ImageFiles, ImageIndexed, WindowFiles, CommitPlanned, CommitLabels, CommitJournal, CommitIndexed, CommitTold, LabelStored,
		EvictRecorded, BlobHalfGone, SegmentGone, JournalRolled, JournalWritten, JournalSwapped, IndexBuilt, IndexNamed, LogsReplayed,
		IntakeStored, BatchFrozen, ObjectPut, ManifestNext, ManifestPut, BatchMarked,
	}
}
