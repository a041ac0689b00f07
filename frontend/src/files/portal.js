// Starts the parts of pages that are better with JavaScript; every page works without it.
import {
  Button,
  CharacterCount,
  ErrorSummary,
  ExitThisPage,
  PasswordInput,
  createAll
} from './govuk-frontend.min.js'; // hashing file names looks for the semicolon

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

createAll(Button, { preventDoubleClick: true })
createAll(ExitThisPage, { i18n: { activated: 'Leaving.', timedOut: 'Leaving this page was cancelled.', pressTwoMoreTimes: 'Shift, press 2 more times to leave.', pressOneMoreTime: 'Shift, press 1 more time to leave.' } })
for (const part of [CharacterCount, ErrorSummary, PasswordInput]) {
  createAll(part)
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

// While somebody types, their session stays open, so that nothing they typed is lost. Never past its longest time.
const { keepAlive } = document.body.dataset
let typed = false
if (keepAlive) {
  document.addEventListener('input', () => { typed = true })
  setInterval(() => {
    if (typed) fetch(keepAlive, { cache: 'no-store', redirect: 'manual' }).catch(() => {})
    typed = false
  }, 5 * 60 * 1000)
}
