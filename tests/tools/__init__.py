"""What tests of more than one folder are made with: requests, servers, terminals, users."""
