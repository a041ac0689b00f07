// Builds static/portal and the axe test fixture from src/ and the pinned packages.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const packages = join(here, 'node_modules')
const source = join(here, 'src')
const target = join(here, '..', 'static', 'portal')
const fixtures = join(here, '..', 'tests', 'journeys', 'assets')

const read = (path) => readFileSync(path, 'utf8')
// Source maps are not shipped, and hashing static files fails on a link to a missing one.
const withoutSourceMap = (text) => text.replace(/(\/\/|\/\*)[#@] ?sourceMappingURL=.*$/gm, '')

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
mkdirSync(fixtures, { recursive: true })

const css = compile(join(source, 'portal.scss'), {
  loadPaths: [here, packages],
  style: 'compressed',
  quietDeps: true
}).css.replace(/\.moj-timeline__document-(link|icon)[^{}]*\{[^}]*\}/g, '') // asks for an icon we do not ship
const foreign = css.match(/.{0,60}(crest|crown|gds[ -]?transport|url\((?!"?(data:|atkinson))).{0,60}/i)
if (foreign) throw new Error(`The style sheet asks for something that is not shipped: ${foreign[0]}`)
writeFileSync(join(target, 'portal.css'), css)

writeFileSync(
  join(target, 'govuk-frontend.min.js'),
  withoutSourceMap(read(join(packages, 'govuk-frontend/dist/govuk/govuk-frontend.min.js')))
)
for (const weight of [400, 700]) {
  copyFileSync(
    join(packages, `@fontsource/atkinson-hyperlegible/files/atkinson-hyperlegible-latin-${weight}-normal.woff2`),
    join(target, `atkinson-hyperlegible-${weight}.woff2`)
  )
}
for (const name of readdirSync(join(source, 'files'))) {
  copyFileSync(join(source, 'files', name), join(target, name))
}
writeFileSync(
  join(fixtures, 'axe.min.js'),
  withoutSourceMap(read(join(packages, 'axe-core/axe.min.js')))
)

copyFileSync(join(packages, '@fontsource/atkinson-hyperlegible/LICENSE'), join(target, 'OFL.txt'))
