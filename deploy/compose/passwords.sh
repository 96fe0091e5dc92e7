# Run by the postgres image on an empty volume, after databases.sql: gives each role the password that
# the secret of its name holds, so that the demo values can be replaced in one place.
for file in /run/secrets/*_PASSWORD; do
  role=$(basename "$file" _PASSWORD)
  echo "ALTER ROLE :\"role\" PASSWORD :'password'" |
    psql -q -v ON_ERROR_STOP=1 -U postgres -v role="${role,,}" -v password="$(<"$file")"
done
