"""The sandbox's pages for people. They need no JavaScript and no sign-in: everything here is made up and local."""
