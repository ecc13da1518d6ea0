# Installs moat for this user on Windows: irm …/releases/latest/download/install.ps1 | iex
# NEVER RUN: there was no Windows at hand when this was written. On Windows moat confines no command; use WSL2 and install.sh.
# MOAT_VERSION, MOAT_INSTALL_DIR and MOAT_BASE_URL say which release, where to, and where from.
& {
    $ErrorActionPreference = 'Stop'
    $releases = '@RELEASES@'
    $version = if ($env:MOAT_VERSION) { $env:MOAT_VERSION -replace '^v', '' } else { 'latest' }
    $dir = if ($env:MOAT_INSTALL_DIR) { $env:MOAT_INSTALL_DIR } else { Join-Path $env:LOCALAPPDATA 'Programs\moat' }
    $base = if ($env:MOAT_BASE_URL) { $env:MOAT_BASE_URL.TrimEnd('/') } else { $releases }

    if ($version -ne 'latest' -and $version -cnotmatch '\A[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?\z') {
        throw 'the version must look like 1.2.3 or latest, nothing was installed'
    }
    if ($base -cnotmatch '\Ahttps://[0-9A-Za-z./:_~%-]+\z') { throw 'releases must lie at an https:// address, nothing was installed' }

    $cpu = if ($env:PROCESSOR_ARCHITECTURE -eq 'ARM64') { 'arm64' } else { 'x64' }
    $archive = "moat-windows-$cpu.zip"
    $from = if ($version -eq 'latest') { "$base/latest/download" } else { "$base/download/v$version" }
    New-Item -ItemType Directory -Force -Path $dir | Out-Null
    $stage = Join-Path $dir ('.moat-install-' + [guid]::NewGuid())
    New-Item -ItemType Directory -Path $stage | Out-Null
    try {
        Invoke-WebRequest -UseBasicParsing "$from/SHA256SUMS" -OutFile (Join-Path $stage 'SHA256SUMS')
        $line = Get-Content (Join-Path $stage 'SHA256SUMS') | Where-Object { ($_ -split '\s+\*?')[1] -ceq $archive } | Select-Object -First 1
        if (-not $line) { throw "SHA256SUMS does not name $archive, nothing was installed" }
        $zip = Join-Path $stage $archive
        Invoke-WebRequest -UseBasicParsing "$from/$archive" -OutFile $zip
        $found = (Get-FileHash -Algorithm SHA256 $zip).Hash
        if ($found -ne ($line -split '\s+')[0]) { throw "$archive is not what SHA256SUMS says, nothing was installed" }
        Expand-Archive -Path $zip -DestinationPath (Join-Path $stage 'out')
        $program = Join-Path $stage 'out\moat.exe'
        $said = & $program --version
        if ($LASTEXITCODE -ne 0 -or $said -notlike 'moat *') { throw 'the program does not start on this machine, nothing was installed' }
        if ($version -ne 'latest' -and $said -ne "moat $version") { throw "the release says that it is $said, nothing was installed" }
        $target = Join-Path $dir 'moat.exe'
        # A program that runs can be renamed, but not overwritten.
        if (Test-Path $target) { Move-Item -Force $target (Join-Path $dir 'moat.old.exe') }
        Move-Item $program $target
        $path = [Environment]::GetEnvironmentVariable('Path', 'User')
        if (($path -split ';') -notcontains $dir) { [Environment]::SetEnvironmentVariable('Path', "$dir;$path", 'User') }
        Write-Output "installed $said as $target; new terminals find it"
    } finally {
        Remove-Item -Recurse -Force $stage
    }
}
