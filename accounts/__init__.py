"""Schools, federations, people and their posts: who somebody is, and what that lets them do."""
