// Makes and uses passkeys: asks the browser with what the page carries, and sends its answer with the page's own form.

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0))

const textOf = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

const withBytes = (listed) => (listed || []).map((one) => ({ ...one, id: bytesOf(one.id) }))

const toCreate = (options) => ({
  ...options,
  challenge: bytesOf(options.challenge),
  user: { ...options.user, id: bytesOf(options.user.id) },
  excludeCredentials: withBytes(options.excludeCredentials)
})

const toGet = (options) => ({
  ...options,
  challenge: bytesOf(options.challenge),
  allowCredentials: withBytes(options.allowCredentials)
})

// Written out by hand, because browsers of 2024 cannot do it themselves.
const answerOf = (credential) => {
  const { response } = credential
  const given = { clientDataJSON: textOf(response.clientDataJSON) }
  for (const part of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[part]) given[part] = textOf(response[part])
  }
  if (response.getTransports) given.transports = response.getTransports()
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: given
  }
}

const optionsOf = async (form) => {
  if (form.dataset.options) return JSON.parse(form.dataset.options)
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error('The portal did not answer')
  return (await answer.json()).request_options
}

const use = async (form) => {
  const { publicKey } = await optionsOf(form)
  const credential =
    form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey: toCreate(publicKey) })
      : await navigator.credentials.get({ publicKey: toGet(publicKey) })
  form.elements.credential.value = JSON.stringify(answerOf(credential))
  form.submit()
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) continue
  const ready = form.querySelector('[data-passkey-ready]')
  const fault = form.querySelector('[data-passkey-fault]')
  ready.hidden = false
  form.querySelector('[data-passkey-instead]').hidden = true
  const begin = () => {
    fault.hidden = true
    use(form).catch((error) => {
      fault.hidden = false
      fault.textContent =
        error.name === 'InvalidStateError'
          ? 'This device already has a passkey for you.'
          : 'That did not work, or it was stopped. Try again, or use another way.'
    })
  }
  ready.querySelector('button').addEventListener('click', begin)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    begin()
  })
}
