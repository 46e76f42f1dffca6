#!/bin/sh
# A self-signed certificate for a trial. Usage: deploy/make-certificate.sh HOST
set -eu
host=${1:?usage: make-certificate.sh HOST}
folder=$(dirname "$0")/tls
mkdir -p "$folder"
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
  -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem"
chmod 600 "$folder/privkey.pem"
