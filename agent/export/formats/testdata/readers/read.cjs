// Reads a dataset with packages of other people and prints what it holds: {picture: {split, marks: [{class, x, y, w, h, area}]}}, in pixels.
// node read.cjs FORMAT DATASET MODULES
const fs = require('fs')
const path = require('path')
const [format, dir, modules] = process.argv.slice(2)
const seen = {}
const stem = name => path.basename(name).replace(/\.\w+$/, '')
const files = pattern => fs.readdirSync(dir).map(name => [name, pattern.exec(name)]).filter(([, m]) => m)
const box = (name, points, area = 0) => {
  const x = Math.min(...points.map(p => p[0])), y = Math.min(...points.map(p => p[1]))
  return { class: name, x, y, w: Math.max(...points.map(p => p[0])) - x, h: Math.max(...points.map(p => p[1])) - y, area }
}

// The reader checks the checksums of every record.
async function tfrecord() {
  const { createReader } = require(path.join(modules, 'tfrecord'))
  for (const [name, [, split]] of files(/^examples_(\w+)\.tfrecord$/)) {
    const reader = await createReader(path.join(dir, name))
    for (let example; (example = await reader.readExample());) {
      const list = (key, kind) => (example.features.feature[key] ?? { [kind]: { value: [] } })[kind].value
      const text = key => list(key, 'bytesList').map(b => Buffer.from(b).toString())
      const edge = side => list('image/object/bbox/' + side, 'floatList')
      const width = Number(list('image/width', 'int64List')[0]), height = Number(list('image/height', 'int64List')[0])
      const marks = text('image/object/class/text').map((c, i) =>
        box(c, [[edge('xmin')[i] * width, edge('ymin')[i] * height], [edge('xmax')[i] * width, edge('ymax')[i] * height]]))
      seen[stem(text('image/filename')[0])] = { split, marks }
    }
  }
}

// brush finds the pixels of a mask with the package that Label Studio itself packs them by: four bytes a pixel, the last is the mask.
function brush(r) {
  const bytes = require(path.join(modules, '@thi.ng/rle-pack')).decode(new Uint8Array(r.value.rle))
  if (bytes.length !== 4 * r.original_width * r.original_height) throw Error(`mask ${r.id} has ${bytes.length} bytes`)
  const on = []
  for (let i = 0; i < bytes.length / 4; i++) if (bytes[4 * i + 3]) on.push([i % r.original_width, Math.floor(i / r.original_width)])
  return { ...box(r.value.brushlabels[0], on.flatMap(([x, y]) => [[x, y], [x + 1, y + 1]])), area: on.length }
}

// corners of a rectangle, which is turned about its top left one.
function corners({ x, y, width, height, rotation }, px, py) {
  const a = rotation * Math.PI / 180, [w, h] = [width * px, height * py]
  return [[0, 0], [w, 0], [w, h], [0, h]].map(([u, v]) => [x * px + u * Math.cos(a) - v * Math.sin(a), y * py + u * Math.sin(a) + v * Math.cos(a)])
}

// shows is a project's configuration: which values of a task it shows, its controls and its classes.
function shows(file) {
  const text = fs.readFileSync(path.join(dir, file), 'utf8')
  const all = pattern => [...text.matchAll(pattern)].map(m => m[1])
  return { values: all(/value="\$(\w+)"/g), classes: all(/<(?:Label|Choice) value="([^"]*)"/g), controls: all(/ (name="\w+" toName="\w+")/g) }
}

// tasks are the tasks of a project. After label-studio tasks/validation.py (08ab00f) one has every value that the configuration shows; after
// label-studio-sdk 2.1.1 label_interface/control_tags.py a result names a control and its classes, and no coordinate is above 100 percent.
function tasks(pattern, { values, classes, controls }) {
  const list = files(pattern).flatMap(([name, [, split]]) => JSON.parse(fs.readFileSync(path.join(dir, name))).map(task => ({ ...task, split })))
  for (const { data, annotations } of list) {
    for (const key of values) if (typeof data[key] !== 'string') throw Error(`"${key}" key is expected in task data`)
    for (const { id, type, from_name, to_name, value } of annotations[0].result) {
      if (!controls.includes(`name="${from_name}" toName="${to_name}"`)) throw Error(`no control ${from_name}`)
      for (const c of value[type] ?? []) if (type !== 'textarea' && !classes.includes(c)) throw Error(`no class ${c}`)
      if ([value.x, value.y, value.width, value.height, ...(value.points ?? []).flat()].some(v => v > 100)) throw Error(`${id} is outside`)
    }
  }
  if (!list.length) throw Error(`no task in ${pattern}`)
  return list
}

const drawn = {
  rectanglelabels: (r, px, py) => box(r.value.rectanglelabels[0], corners(r.value, px, py)),
  polygonlabels: (r, px, py) => box(r.value.polygonlabels[0], r.value.points.map(([x, y]) => [x * px, y * py])),
  brushlabels: brush,
}

function labelstudio() {
  tasks(/^signals_(\w+)\.json$/, shows('signals_config.xml'))
  for (const task of tasks(/^tasks_(\w+)\.json$/, shows('label_config.xml'))) {
    const file = new URL(task.data.image, 'http://localhost').searchParams.get('d')
    fs.accessSync(path.join(dir, file))
    const regions = task.annotations[0].result.filter(r => drawn[r.type])
    seen[stem(file)] = { split: task.split, marks: regions.map(r => drawn[r.type](r, r.original_width / 100, r.original_height / 100)) }
  }
}

Promise.resolve({ tfrecord, labelstudio }[format]()).then(() => console.log(JSON.stringify(seen)))
