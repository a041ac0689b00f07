"""Reading a policy in, as pages show it: what each finding is called, how it is put into words, changed and used."""
